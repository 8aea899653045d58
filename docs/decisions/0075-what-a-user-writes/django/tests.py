# task: test
from django.contrib.auth.models import Group, User
from rest_framework.test import APITestCase

from .models import Review, School


class ReviewTests(APITestCase):
    def setUp(self):
        self.author = User.objects.create_user("ada", first_name="Ada")
        self.stranger = User.objects.create_user("bob")
        self.editor = User.objects.create_user("eve")
        self.editor.groups.add(Group.objects.create(name="editor"))
        self.school = School.objects.create(name="Delft", country="nl")
        self.review = Review.objects.create(school=self.school, author=self.author, stars=5, body="Good")

    def test_only_the_author_changes_a_review(self):
        url = f"/reviews/{self.review.id}/"
        for user, status in [
            (None, 403),
            (self.stranger, 403),
            (self.editor, 403),
            (self.author, 200),
        ]:
            self.client.force_authenticate(user)
            self.assertEqual(self.client.patch(url, {"stars": 4}).status_code, status)

    def test_compare_averages(self):
        Review.objects.create(school=self.school, author=self.stranger, stars=2, body="Bad")
        response = self.client.post("/schools/compare/", {"ids": [self.school.id]}, format="json")
        self.assertEqual(response.json(), [{"name": "Delft", "stars": 3.5, "count": 2}])
