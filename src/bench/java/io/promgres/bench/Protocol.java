package io.promgres.bench;

/** The versions of remote write. */
enum Protocol {
    V1("1.0", "application/x-protobuf", "0.1.0") {
        @Override
        Message encode(Population population, int[] members) {
            return new MessageV1(population).encode(members);
        }
    },
    V2("2.0", "application/x-protobuf;proto=io.prometheus.write.v2.Request", "2.0.0") {
        @Override
        Message encode(Population population, int[] members) {
            return new MessageV2(population).encode(members);
        }
    };

    private final String label;
    private final String contentType;
    private final String version;

    Protocol(String label, String contentType, String version) {
        this.label = label;
        this.contentType = contentType;
        this.version = version;
    }

    /** @param members the series of the request, a sample each */
    abstract Message encode(Population population, int[] members);

    String label() {
        return label;
    }

    /** The head of a request. */
    String head(String host, int length) {
        return "POST /api/v1/write HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: promgres-benchmark"
                + "\r\nContent-Encoding: snappy\r\nContent-Type: " + contentType
                + "\r\nX-Prometheus-Remote-Write-Version: " + version
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** @throws IllegalArgumentException if there is no such version */
    static Protocol of(String number) {
        return switch (number) {
            case "1" -> V1;
            case "2" -> V2;
            default -> throw new IllegalArgumentException("no such protocol: " + number + "; there are 1 and 2");
        };
    }
}
