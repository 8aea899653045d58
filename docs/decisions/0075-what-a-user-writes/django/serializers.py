# task: define
from rest_framework import serializers

from .models import Review, School


class SchoolSerializer(serializers.ModelSerializer):
    class Meta:
        model = School
        fields = ["id", "name", "country"]


class ReviewSerializer(serializers.ModelSerializer):
    school_name = serializers.CharField(source="school.name", read_only=True)
    author_name = serializers.CharField(source="author.first_name", read_only=True)

    class Meta:
        model = Review
        fields = [
            "id",
            "school",
            "school_name",
            "author",
            "author_name",
            "stars",
            "body",
            "created",
        ]
        # task: guard
        read_only_fields = ["author"]

    def update(self, review, data):
        data.pop("school", None)
        return super().update(review, data)


# task: function
class CompareSerializer(serializers.Serializer):
    ids = serializers.ListField(child=serializers.IntegerField(), max_length=4)
