package io.promgres.cli;

import io.promgres.config.ConfigException;
import io.promgres.embedded.EmbeddedPostgresException;
import io.promgres.query.ErrorType;
import io.promgres.query.QueryRefusedException;
import io.promgres.schema.SchemaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a failure looks like: one line on standard error that starts with {@code promgres:}, and an exit code. Only what
 * is not expected shows its stack.
 */
public final class ErrorHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {

    static final int FAILED = 1;
    static final int WRONG_USE = 2;

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("promgres: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return WRONG_USE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (isForTheUser(e)) {
            err.println("promgres: " + e.getMessage());
        } else {
            err.print("promgres: an error inside of promgres: ");
            e.printStackTrace(err);
        }
        err.flush();
        boolean wrongExpression = e instanceof QueryRefusedException refused && refused.type() == ErrorType.BAD_DATA;
        return e instanceof ConfigException || wrongExpression ? WRONG_USE : FAILED;
    }

    private static boolean isForTheUser(Exception e) {
        return e instanceof ConfigException
                || e instanceof EmbeddedPostgresException
                || e instanceof SchemaException
                || e instanceof QueryRefusedException
                || e instanceof SQLException
                || e instanceof IOException;
    }
}
