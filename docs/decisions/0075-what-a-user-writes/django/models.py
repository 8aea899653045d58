# task: define
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class School(models.Model):
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, db_index=True)


class Review(models.Model):
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    body = models.CharField(max_length=4000)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="stars_1_to_5")]
