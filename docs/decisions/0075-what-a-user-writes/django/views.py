# task: function
from django.db.models import Avg, Count

# task: define
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .models import Review, School
from .permissions import AuthorsWrite, EditorsWrite
from .serializers import CompareSerializer, ReviewSerializer, SchoolSerializer


class SchoolViewSet(viewsets.ModelViewSet):
    queryset = School.objects.all()
    serializer_class = SchoolSerializer
    # task: guard
    permission_classes = [EditorsWrite]

    # task: function
    @action(detail=False, methods=["post"], permission_classes=[])
    def compare(self, request):
        body = CompareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        schools = School.objects.filter(id__in=body.validated_data["ids"]).annotate(
            stars=Avg("reviews__stars"), count=Count("reviews")
        )
        return Response(schools.values("name", "stars", "count"))


# task: define
class ReviewViewSet(viewsets.ModelViewSet):
    queryset = Review.objects.select_related("school", "author")
    serializer_class = ReviewSerializer
    # task: guard
    permission_classes = [AuthorsWrite]
    # task: query
    filterset_fields = {"stars": ["gte"], "school__country": ["exact"]}
    ordering_fields = ["created"]

    # task: guard
    def perform_create(self, serializer):
        serializer.save(author=self.request.user)
