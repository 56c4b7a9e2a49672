package io.promgres.daemon;

import io.promgres.config.ConfigException;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Response;
import java.util.Optional;
import java.util.function.Consumer;

/** Has the configuration read again: 200, or 500 with what is wrong with it. */
public final class ReloadEndpoint implements Endpoint {

    private final boolean enabled;
    private final Runnable reload;

    /** @param reload throws ConfigException if the configuration is wrong */
    public ReloadEndpoint(boolean enabled, Runnable reload) {
        this.enabled = enabled;
        this.reload = reload;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        return enabled
                ? Optional.empty()
                : Optional.of(
                        Problem.FORBIDDEN.answer("reloading over HTTP is off; web.enable-lifecycle switches it on"));
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        try {
            reload.run();
            answer.accept(Response.text(200, "reloaded"));
        } catch (ConfigException e) {
            answer.accept(Problem.RELOAD_FAILED.answer("not reloaded: " + e.getMessage()));
        }
    }
}
