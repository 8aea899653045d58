"""What somebody would write with the client that openapi-python-client makes: run with its folder on PYTHONPATH."""

import os

from pathways.api.functions import call_compare, query_compare
from pathways.api.reviews import create_reviews, delete_reviews_row, get_reviews_row, list_reviews, update_reviews_row
from pathways.api.schools import list_schools
from pathways.api.sign_in import get_session, sign_in
from pathways.client import AuthenticatedClient, Client
from pathways.models import (
    CompareInput,
    Error,
    GivenSession,
    ReviewsCreate,
    ReviewsRow,
    ReviewsUpdate,
    SessionDelivery,
    SignInBody,
)

url = os.environ["API_URL"]
visitor = Client(base_url=url)

# Sign in, and go on with the token.
given = sign_in.sync(
    client=visitor,
    body=SignInBody(email=os.environ["EMAIL"], password=os.environ["PASSWORD"], session=SessionDelivery.TOKEN),
)
assert isinstance(given, GivenSession), given
api = AuthenticatedClient(base_url=url, token=given.token)
me = get_session.sync(client=api)
assert me is not None and me.user == given.user, me

# Read with a filter: rows have types.
schools = list_schools.sync(client=visitor, country="eq.fi", order="name.desc", limit=5)
assert isinstance(schools, list) and [school.name for school in schools] == ["University of Helsinki", "Aalto University"]
assert schools[0].created.year >= 2026 and schools[0].rating is None

# Create, and get the row.
created = create_reviews.sync(client=api, body=[ReviewsCreate(school=schools[0].id, stars=5, body="Cold, and good.")])
assert isinstance(created, list), created
review = created[0]
assert isinstance(review, ReviewsRow) and review.author == given.user and review.stars == 5

# What is wrong says so, a field each.
wrong = create_reviews.sync(client=api, body=[ReviewsCreate(school=schools[1].id, stars=9, body="Too good.")])
assert isinstance(wrong, Error) and wrong.code == "validation_failed", wrong
assert [(problem.field, problem.message) for problem in wrong.fields] == [("stars", "must be at most 5")]

# Change it as it was last seen, and not otherwise.
answer = get_reviews_row.sync_detailed(client=api, id=review.id)
seen = answer.headers["etag"]
changed = update_reviews_row.sync(client=api, id=review.id, body=ReviewsUpdate(stars=4), if_match=seen)
assert isinstance(changed, ReviewsRow) and changed.stars == 4 and changed.version == 2
late = update_reviews_row.sync(client=api, id=review.id, body=ReviewsUpdate(stars=1), if_match=seen)
assert isinstance(late, Error) and late.code == "precondition_failed", late

# Call a function, either way.
compared = call_compare.sync_detailed(client=visitor, body=CompareInput(domains=["aalto.fi", "helsinki.fi"]))
asked = query_compare.sync_detailed(client=visitor, domains='["aalto.fi","helsinki.fi"]')
assert compared.status_code == 200 and compared.content == asked.content and b"Aalto" in compared.content

# Somebody else's hands are told in words.
refused = delete_reviews_row.sync(client=visitor, id=review.id)
assert isinstance(refused, Error), refused

# Delete it.
assert delete_reviews_row.sync_detailed(client=api, id=review.id).status_code == 204
mine = list_reviews.sync(client=api, author=f"eq.{given.user}")
assert mine == [], mine
print("all done")
