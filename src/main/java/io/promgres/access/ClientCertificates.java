package io.promgres.access;

/** What is asked of a client's certificate: the names of Go's ClientAuthType, which Prometheus uses. */
public enum ClientCertificates {
    NO_CLIENT_CERT("NoClientCert", false, false),
    REQUEST_CLIENT_CERT("RequestClientCert", false, false),
    REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert", true, false),
    VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven", false, true),
    REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert", true, true);

    private final String word;
    private final boolean required;
    private final boolean verified;

    ClientCertificates(String word, boolean required, boolean verified) {
        this.word = word;
        this.required = required;
        this.verified = verified;
    }

    /** Its name in the web config file. */
    public String word() {
        return word;
    }

    /** Whether a client without one is turned away. */
    public boolean isRequired() {
        return required;
    }

    /** Whether one that the authorities of {@code client_ca_file} have not signed is turned away. */
    public boolean isVerified() {
        return verified;
    }
}
