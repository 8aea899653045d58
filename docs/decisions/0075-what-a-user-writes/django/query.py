# task: query
import httpx

reviews = httpx.get(
    "http://localhost:8000/reviews/",
    params={"stars__gte": 4, "school__country": "nl", "ordering": "-created"},
).json()["results"]
