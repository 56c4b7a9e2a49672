package io.promgres.cli;

import io.promgres.promql.engine.QueryResult;
import io.promgres.query.Json;
import io.promgres.query.ResultJson;
import io.promgres.query.ResultTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How the result of a query is printed. */
enum QueryFormat {
    /** Columns for the eye. */
    TABLE {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            TextTable.print(ResultTable.rows(result, time), out);
        }
    },
    /** As RFC 4180 has it, but with the line ends of the machine. */
    CSV {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            for (List<String> row : ResultTable.rows(result, time)) {
                out.println(TextTable.csv(row));
            }
        }
    },
    /** What stands at data in the answers of Prometheus' API. */
    JSON {
        @Override
        void print(QueryResult result, long time, PrintWriter out) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Json json = new Json(bytes);
            ResultJson.write(json, result, time, -1);
            json.flush();
            out.println(bytes.toString(StandardCharsets.UTF_8));
        }
    };

    /** @param time of an instant query, milliseconds since the epoch */
    abstract void print(QueryResult result, long time, PrintWriter out) throws IOException;
}
