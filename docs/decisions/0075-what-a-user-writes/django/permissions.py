# task: guard
from rest_framework.permissions import SAFE_METHODS, BasePermission


def is_editor(user):
    return user.groups.filter(name="editor").exists()


class EditorsWrite(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or is_editor(request.user)


class AuthorsWrite(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.is_authenticated

    def has_object_permission(self, request, view, review):
        return (
            request.method in SAFE_METHODS
            or review.author == request.user
            or (request.method == "DELETE" and is_editor(request.user))
        )
