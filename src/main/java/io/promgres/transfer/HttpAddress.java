package io.promgres.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where requests are posted to: a URL and the headers that every request has. Built on HttpURLConnection, whose read timeout
 * holds for a body that stalls as well.
 */
public final class HttpAddress {

    private static final int CONNECT_MILLIS = 10_000;

    /** Prometheus may look for long before its first byte. */
    private static final int READ_MILLIS = 300_000;

    private static final int MESSAGE_BYTES = 500;

    private final URI url;
    private final Map<String, String> headers;

    private HttpAddress(URI url, Map<String, String> headers) {
        this.url = url;
        this.headers = headers;
    }

    /**
     * @param text a URL; user and password in it become an Authorization header
     * @param path of the API, appended to a URL that does not end with the last part of it
     * @throws TransferException if it is not an HTTP URL
     */
    public static HttpAddress of(String text, String path, Map<String, String> headers) throws TransferException {
        try {
            URI url = new URI(text.strip());
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!http || url.getHost() == null) {
                throw new TransferException("\"" + withoutUser(text) + "\" is not a URL such as http://127.0.0.1:9090");
            }
            Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            if (url.getUserInfo() != null) {
                byte[] user = url.getUserInfo().getBytes(StandardCharsets.UTF_8);
                all.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
            }
            all.putAll(headers);
            return new HttpAddress(
                    new URI(url.getScheme(), null, url.getHost(), url.getPort(), fullPath(url, path), null, null), all);
        } catch (URISyntaxException e) {
            throw new TransferException("\"" + withoutUser(text) + "\" is not a URL: " + e.getReason());
        }
    }

    private static String fullPath(URI url, String path) {
        String given = url.getPath() == null ? "" : url.getPath().replaceAll("/+$", "");
        return given.endsWith(path.substring(path.lastIndexOf('/'))) ? given : given + path;
    }

    private static String withoutUser(String text) {
        return text.replaceAll("//[^/]*@", "//");
    }

    /** What reads an answer that is a success. */
    interface Reader<T> {
        /** @param connection for headers of the answer */
        T read(HttpURLConnection connection, InputStream body) throws IOException;
    }

    /**
     * Posts a body.
     *
     * @throws HttpStatusException if the answer is no success
     * @throws IOException if there is no answer, or of the reader
     */
    <T> T post(byte[] body, Map<String, String> more, Reader<T> reader) throws IOException {
        HttpURLConnection connection = open();
        headers.forEach(connection::setRequestProperty);
        more.forEach(connection::setRequestProperty);
        boolean complete = false;
        try {
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            int status = connection.getResponseCode();
            if (status / 100 != 2) {
                throw new HttpStatusException(status, message(connection), connection.getHeaderField("Location"));
            }
            T result;
            try (InputStream in = connection.getInputStream()) {
                result = reader.read(connection, in);
            }
            complete = true;
            return result;
        } finally {
            if (!complete) {
                connection.disconnect();
            }
        }
    }

    private HttpURLConnection open() throws IOException {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            return connection;
        } catch (MalformedURLException e) {
            throw new TransferException(url + " is not a URL: " + e.getMessage(), e);
        }
    }

    private static String message(HttpURLConnection connection) throws IOException {
        try (InputStream error = connection.getErrorStream()) {
            return error == null ? "" : new String(error.readNBytes(MESSAGE_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    /** The URL, without user and password. */
    @Override
    public String toString() {
        return url.toString();
    }
}
