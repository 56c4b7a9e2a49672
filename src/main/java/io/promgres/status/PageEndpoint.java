package io.promgres.status;

import io.promgres.http.BrowserResponse;
import io.promgres.http.Endpoint;
import io.promgres.http.Problem;
import io.promgres.http.ReadOnly;
import io.promgres.http.Request;
import io.promgres.http.RequestHead;
import io.promgres.http.Resource;
import io.promgres.http.Response;
import java.util.Optional;
import java.util.function.Consumer;

/** The status page, and the files that it is made of. All of it is in memory. */
public final class PageEndpoint implements Endpoint {

    private final String directory;
    private final WebFiles files;

    /** @param directory the path in front of the files' names, with the slash at its end; any other path is the page */
    public PageEndpoint(String directory, WebFiles files) {
        this.directory = directory;
        this.files = files;
    }

    @Override
    public Optional<Response> refuse(RequestHead head) {
        if (find(head).isEmpty()) {
            return Optional.of(Problem.NOT_FOUND.answer("there is nothing at " + head.path()));
        }
        return ReadOnly.refuse(head, this);
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        answer.accept(BrowserResponse.of(request.head(), find(request.head()).orElseThrow()));
    }

    private Optional<Resource> find(RequestHead head) {
        return files.find(
                head.path().startsWith(directory) ? head.path().substring(directory.length()) : WebFiles.INDEX);
    }
}
