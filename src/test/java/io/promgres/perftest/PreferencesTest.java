package io.promgres.perftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.http.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return=representation",
                "Return=representation",
                " return = \"representation\" ",
                "respond-async, return=representation",
                "return=representation; foo=bar",
                "return=representation, return=minimal"
            })
    void aPreferenceIsFoundInAnyOfItsForms(String header) {
        assertThat(new Preferences(header).apply("return", "representation")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "return", "return=", "return=minimal", "returns=representation", ",,;=", "return=\""})
    void anyOtherHeaderPrefersSomethingElse(String header) {
        assertThat(new Preferences(header).apply("return", "representation")).isFalse();
    }

    @Test
    void whatWasAppliedIsToldAndNothingElse() {
        Preferences preferences = new Preferences("a=1, b=2, c=3");
        preferences.apply("c", "3");
        preferences.apply("b", "other");
        preferences.apply("a", "1");

        assertThat(preferences.tell(Response.empty(201)).headers())
                .containsExactly(Map.entry("Preference-Applied", "c=3, a=1"));
        assertThat(new Preferences("").tell(Response.empty(201)).headers()).isEmpty();
    }
}
