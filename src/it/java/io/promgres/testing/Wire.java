package io.promgres.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A relay of TCP connections that can be cut without a word: nothing arrives any more, and nobody is told. */
public final class Wire implements AutoCloseable {

    private final ServerSocket entrance;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean cut;

    /** @param target the port on this machine that it leads to */
    public Wire(int target) throws IOException {
        this(0, target);
    }

    /**
     * As {@link #Wire(int)}.
     *
     * @param port that it is entered by; 0 for a free one
     */
    public Wire(int port, int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    public int port() {
        return entrance.getLocalPort();
    }

    /** From now on, nothing passes; connections of before never work again, as behind a firewall that has forgotten them. */
    public void cut() {
        cut = true;
    }

    /** New connections work again. */
    public void mend() {
        cut = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket in = entrance.accept();
                sockets.add(in);
                if (!cut) {
                    Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(out);
                    daemon(() -> relay(in, out));
                    daemon(() -> relay(out, in));
                }
            } catch (IOException e) {
                if (!entrance.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void relay(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (cut) {
                    // Half-open: both ends stay connected, to nothing.
                    return;
                }
                out.write(buffer, 0, read);
            }
            to.close();
        } catch (IOException e) {
            // One end has gone; so may the other.
            close(from);
            close(to);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        sockets.forEach(Wire::close);
    }
}
