package io.promgres.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.promgres.observe.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: HTTP/1.1 and 1.0 over TCP.
 *
 * <p>Its event loops only move bytes; a request is handled on its route's executor. Bodies are read into pooled memory
 * once the budget has room for them, and the budget gets its bytes back when the response is sent.
 */
public final class HttpServer implements AutoCloseable {

    /** The longest request line in bytes. */
    static final int MAX_REQUEST_LINE = 8 * 1024;

    /** The most bytes taken from a socket at once. */
    static final int MAX_READ = 64 * 1024;

    private static final String TOO_MANY_CONNECTIONS =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    private static final int BACKLOG = 1024;
    private static final long FORCED_STOP_SECONDS = 2;

    private final ServerContext service;
    private final EventLoopGroup acceptor = eventLoops("promgres-accept", 1);
    private final EventLoopGroup loops;
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private Channel listener;

    private HttpServer(ServerContext service) {
        this.service = service;
        this.loops = eventLoops("promgres-http", service.settings().eventLoops());
    }

    /**
     * Starts to listen, in plain HTTP and without authentication.
     *
     * @throws IOException if the address cannot be bound; nothing is left running
     */
    public static HttpServer start(HttpSettings settings, Routes routes, InFlight inFlight, Metrics metrics)
            throws IOException {
        return start(settings, routes, WebAccess.open(), inFlight, metrics);
    }

    /**
     * Starts to listen.
     *
     * @param access who may use which routes
     * @throws IOException if the address cannot be bound; nothing is left running
     */
    public static HttpServer start(
            HttpSettings settings, Routes routes, WebAccess access, InFlight inFlight, Metrics metrics)
            throws IOException {
        UnexpectedErrorLog faults = new UnexpectedErrorLog(LoggerFactory.getLogger(HttpServer.class), System::nanoTime);
        HttpServer server = new HttpServer(new ServerContext(settings, routes, access, inFlight, metrics, faults));
        server.listen(settings.listen());
        return server;
    }

    /** From now on requests are routed by these; those that are being worked on stay where they are. */
    public void serve(Routes routes) {
        service.route(routes);
    }

    /** From now on these limits hold; connections that are there stay, and so does what they wait for. */
    public void limit(HttpLimits limits) {
        service.limit(limits);
    }

    /** How many connections there are. */
    public int connections() {
        return service.connections().taken();
    }

    /** How many requests are being worked on, those of probes left out. */
    public int requests() {
        return service.requests().taken();
    }

    /** The address that is listened on, with the port that was picked if 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /**
     * Stops accepting, lets requests in flight finish within the configured time, cuts the connections that are left,
     * and stops the event loops.
     */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        service.drain();
        connections.forEach(HttpServer::drain);
        connections
                .newCloseFuture()
                .awaitUninterruptibly(service.settings().closeTimeout().toMillis());
        connections.close().awaitUninterruptibly();
        stopLoops();
    }

    private void listen(InetSocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stopLoops();
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + reason(address, String.valueOf(bound.cause().getMessage()))
                            + "choose another address with --listen HOST:PORT",
                    bound.cause());
        }
        listener = bound.channel();
    }

    /** What the system says, and what helps beside another address. */
    private static String reason(InetSocketAddress address, String said) {
        if (address.isUnresolved()) {
            return "no such host; ";
        }
        if (said.contains("in use")) {
            return said + "; end the program that listens there, or ";
        }
        if (said.contains("assign")) {
            return said + ", since this machine has no such address; ";
        }
        return said + (said.contains("ermission") ? " (ports below 1024 need a privilege); " : "; ");
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(acceptor, loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // Netty's default, the adaptive one, makes a new array for the body of every request: 24 B a sample.
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(1024, 8 * 1024, MAX_READ).maxMessagesPerRead(1))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        open(channel);
                    }
                });
    }

    private void open(SocketChannel channel) {
        if (!service.connections().take(service.limits().connections())) {
            refuse(channel);
            return;
        }
        channel.closeFuture().addListener(closed -> service.connections().giveBack());
        service.access().tls().ifPresent(tls -> channel.pipeline().addLast(tls.newHandler(channel.alloc())));
        // Decoder and encoder apart: the pair that Netty offers takes 100 Continue for the answer when it matches
        // responses with requests.
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(service.limits().headerBytes())
                .setMaxChunkSize(MAX_READ);
        channel.pipeline().addLast(new HttpRequestDecoder(limits), new HttpResponseEncoder(), new Connection(service));
        connections.add(channel);
    }

    // Not a byte is read of it. In TLS there is nothing that can be said before a handshake, which costs too much.
    private void refuse(SocketChannel channel) {
        service.reached(Limit.CONNECTIONS);
        if (service.access().isEncrypted()) {
            channel.close();
        } else {
            channel.writeAndFlush(Unpooled.copiedBuffer(TOO_MANY_CONNECTIONS, StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void drain(Channel channel) {
        Connection connection = channel.pipeline().get(Connection.class);
        // A channel that is closed already has none.
        if (connection != null) {
            connection.drain();
        }
    }

    private void stopLoops() {
        service.passwordChecks().close();
        acceptor.shutdownGracefully(0, FORCED_STOP_SECONDS, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, FORCED_STOP_SECONDS, TimeUnit.SECONDS);
        acceptor.terminationFuture().awaitUninterruptibly();
        loops.terminationFuture().awaitUninterruptibly();
    }

    private static EventLoopGroup eventLoops(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), NioIoHandler.newFactory());
    }
}
