package io.promgres.daemon;

import io.promgres.config.Promql;
import io.promgres.promql.engine.EngineOptions;
import io.promgres.promql.syntax.ParserOptions;
import java.util.Set;

/** How the engine of PromQL behaves, as the configuration says. */
public final class EngineSettings {

    private static final long SUBQUERY_STEP_MILLIS = 60_000;

    private EngineSettings() {}

    public static EngineOptions of(Promql promql) {
        Set<String> features = promql.features().names();
        ParserOptions parser = new ParserOptions(
                features.contains("promql-experimental-functions"),
                features.contains("promql-duration-expr"),
                features.contains("promql-extended-range-selectors"),
                features.contains("promql-binop-fill-modifiers"));
        return new EngineOptions(
                promql.lookbackDelta().toMillis(),
                promql.maxSamples(),
                promql.timeout().toMillis(),
                SUBQUERY_STEP_MILLIS,
                parser,
                features.contains("promql-delayed-name-removal"),
                features.contains("use-start-timestamps"),
                false);
    }
}
