import { AppError } from "#contract";

/** 401, and the same whatever was wrong: the address, the password, or that there is no password (ASVS 6.3.8). */
export function wrongPassword(): AppError {
  return new AppError("wrongCredentials");
}

/** 400: it was used, has expired, or never was. */
export function usedLink(): AppError {
  return new AppError("usedLink");
}

/** 403: it came by mail, and is followed by whoever is signed in with another account than it is for. */
export function otherAccount(): AppError {
  return new AppError("forbidden", { message: "This link is for another account: sign in with that one, and follow it again." });
}

/** 400, and the same for a code that is wrong and one that is over, or was never sent. */
export function wrongCode(): AppError {
  return new AppError("wrongCode");
}
