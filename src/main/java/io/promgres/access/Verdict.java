package io.promgres.access;

/** Whether a request goes on. */
public enum Verdict {
    /** It does. */
    GRANTED,
    /** Its credentials are absent or wrong: 401. */
    UNAUTHENTICATED,
    /** Its credentials are right, but not for this group of routes: 403. */
    FORBIDDEN,
    /** A password has to be hashed first, which takes a tenth of a second. */
    UNDECIDED
}
