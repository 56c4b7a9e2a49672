package io.promgres.http;

/** How resources are sent to browsers: checked by their tag, compressed, and kept to this origin. */
public final class BrowserResponse {

    // Nothing of another origin, nothing inline, in no frame.
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

    private BrowserResponse() {}

    /** The resource, or 304 if the client has it. */
    public static Response of(RequestHead head, Resource resource) {
        // Weak, because the compressed bytes have the same one.
        String tag = "W/\"" + resource.tag() + '"';
        if (knows(head.header("If-None-Match"), tag)) {
            return protect(Response.empty(304).with("ETag", tag));
        }
        boolean gzip = takesGzip(head);
        Response response = Response.of(200, resource.contentType(), gzip ? resource.gzipped() : resource.bytes())
                .with("ETag", tag);
        return protect(gzip ? response.with("Content-Encoding", "gzip") : response);
    }

    /** The headers that tell a browser what it may do with an answer. */
    public static Response protect(Response response) {
        return response.with("Cache-Control", "private, no-cache")
                .with("Vary", "Accept-Encoding")
                .with("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .with("Cross-Origin-Resource-Policy", "same-origin")
                .with("Referrer-Policy", "no-referrer")
                .with("X-Content-Type-Options", "nosniff");
    }

    // RFC 9110, 13.1.2: a list of tags, compared weakly, or an asterisk.
    private static boolean knows(String header, String tag) {
        String opaque = tag.substring(2);
        for (String known : header.split(",")) {
            String candidate = known.strip();
            if (candidate.equals("*") || candidate.equals(tag) || candidate.equals(opaque)) {
                return true;
            }
        }
        return false;
    }

    // RFC 9110, 12.5.3: gzip;q=0 says no.
    /** Whether the client takes a body that is compressed by gzip. */
    public static boolean takesGzip(RequestHead head) {
        for (String coding : head.header("Accept-Encoding").split(",")) {
            String[] parts = coding.strip().split("\\s*;\\s*", 2);
            if (parts[0].equalsIgnoreCase("gzip")) {
                return parts.length == 1 || !parts[1].matches("(?i)q\\s*=\\s*0(\\.0*)?");
            }
        }
        return false;
    }
}
