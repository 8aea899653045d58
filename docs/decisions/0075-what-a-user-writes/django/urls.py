# task: define
from rest_framework.routers import DefaultRouter

from .views import ReviewViewSet, SchoolViewSet

router = DefaultRouter()
router.register("schools", SchoolViewSet)
router.register("reviews", ReviewViewSet)
urlpatterns = router.urls
