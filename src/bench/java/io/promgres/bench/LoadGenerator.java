package io.promgres.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * The process that sends: its bodies are prepared, a request costs it a few stores and two system calls.
 *
 * <p>Obeys lines on standard input and answers each with one on standard output: {@code scrape} sends every series once,
 * {@code send SECONDS RATE} sends for a while (a rate of 0 is as fast as possible, else samples a second). The answer is
 * {@code samples nanos p50 p99 longest}, times in nanoseconds. Ends at the end of its input, so that it does not outlive who
 * started it.
 */
public final class LoadGenerator {

    private final List<Sender> senders = new ArrayList<>();
    private final ExecutorService threads;
    private final int samplesOfARequest;

    private LoadGenerator(Load load, InetSocketAddress daemon) throws IOException {
        List<List<RequestTemplate>> requests = load.requests("127.0.0.1:" + daemon.getPort());
        for (List<RequestTemplate> ofSender : requests) {
            senders.add(new Sender(daemon, ofSender));
        }
        samplesOfARequest = requests.get(0).get(0).samples();
        threads = Executors.newFixedThreadPool(senders.size());
    }

    /** @param arguments port of the daemon on the loopback, workload, protocol, number of series, begin, interval */
    public static void main(String[] arguments) throws Exception {
        InetSocketAddress daemon = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
        LoadGenerator generator =
                new LoadGenerator(Load.parse(Arrays.asList(arguments).subList(1, 6)), daemon);
        try {
            System.out.println("ready");
            generator.obey(new BufferedReader(new InputStreamReader(System.in)));
        } finally {
            generator.threads.shutdownNow();
        }
    }

    private void obey(BufferedReader commands) throws Exception {
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("scrape")) {
                System.out.println(run(Sender::scrape));
            } else {
                long end = System.nanoTime() + (long) (Double.parseDouble(words[1]) * 1e9);
                double rate = Double.parseDouble(words[2]);
                long pause = rate == 0 ? 0 : (long) (1e9 * samplesOfARequest * senders.size() / rate);
                System.out.println(run(sender -> sender.sendUntil(end, pause)));
            }
        }
    }

    private interface Work {
        Sender.Sent of(Sender sender) throws IOException;
    }

    private String run(Work work) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        List<Future<Sender.Sent>> running = senders.stream()
                .map(sender -> threads.submit(() -> work.of(sender)))
                .toList();
        long samples = 0;
        LongStream nanos = LongStream.empty();
        for (Future<Sender.Sent> one : running) {
            samples += one.get().samples();
            nanos = LongStream.concat(nanos, Arrays.stream(one.get().nanos()));
        }
        long took = System.nanoTime() - begin;
        long[] sorted = nanos.sorted().toArray();
        return samples + " " + took + " " + sorted[sorted.length / 2] + " " + sorted[sorted.length * 99 / 100] + " "
                + sorted[sorted.length - 1];
    }
}
