package io.promgres.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Greets as a PostgreSQL of a release that no package brings any more, and takes whatever settings a client makes.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
public final class OldPostgres implements AutoCloseable {

    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;
    private static final byte[] READY = {'I'};

    private final ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    private final String version;

    /** @param version such as 13.4 */
    public OldPostgres(String version) throws IOException {
        this.version = version;
        Thread thread = new Thread(this::serve, "old-postgres");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                DataInputStream in = new DataInputStream(client.getInputStream());
                greet(in, out);
                while (true) {
                    in.readByte();
                    in.readNBytes(in.readInt() - Integer.BYTES);
                    send(out, 'C', "SET\0".getBytes(StandardCharsets.US_ASCII));
                    send(out, 'Z', READY);
                }
            } catch (IOException e) {
                // The client has gone, or the test ends.
            }
        }
    }

    private void greet(DataInputStream in, DataOutputStream out) throws IOException {
        for (int code = start(in); code == SSL_REQUEST || code == GSS_REQUEST; code = start(in)) {
            out.writeByte('N');
        }
        send(out, 'R', new byte[Integer.BYTES]);
        Map<String, String> parameters = Map.of(
                "server_version", version,
                "client_encoding", "UTF8",
                "DateStyle", "ISO, MDY",
                "integer_datetimes", "on",
                "standard_conforming_strings", "on");
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String text = parameter.getKey() + '\0' + parameter.getValue() + '\0';
            send(out, 'S', text.getBytes(StandardCharsets.US_ASCII));
        }
        send(out, 'K', new byte[2 * Integer.BYTES]);
        send(out, 'Z', READY);
    }

    /** The code of a message without a type. */
    private static int start(DataInputStream in) throws IOException {
        int length = in.readInt();
        int code = in.readInt();
        in.readNBytes(length - 2 * Integer.BYTES);
        return code;
    }

    private static void send(DataOutputStream out, char type, byte[] body) throws IOException {
        out.writeByte(type);
        out.writeInt(body.length + Integer.BYTES);
        out.write(body);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
