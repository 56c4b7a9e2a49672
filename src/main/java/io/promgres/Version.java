package io.promgres;

/** Which promgres this is. */
final class Version {

    private Version() {}

    /** As in the jar's manifest. */
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
