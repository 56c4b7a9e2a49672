package io.promgres.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DatabaseListTest {

    private static final String TWO = "postgresql://r:secret@a:1,b:2/metrics  postgresql://r:secret@c/metrics";

    @Test
    void urisAreSeparatedByBlanksAndMayHaveCommas() {
        DatabaseList list = DatabaseList.parse(TWO);
        assertThat(list.list()).hasSize(2);
        assertThat(list.list().get(0).hosts()).hasSize(2);
        assertThat(DatabaseList.parse("none").list()).isEmpty();
        assertThat(DatabaseList.parse("none")).hasToString("none");
    }

    @Test
    void passwordsAreShownNowhere() {
        assertThat(DatabaseList.parse(TWO).toString()).contains("a:1,b:2").doesNotContain("secret");
        Key key = Key.all().stream()
                .filter(one -> one.name().equals("promql.shares"))
                .findFirst()
                .orElseThrow();
        assertThat(key.shown(TWO)).doesNotContain("secret").contains("c:5432/metrics");
        assertThatThrownBy(() -> DatabaseList.parse("postgresql://r:secret@a:x/metrics"))
                .hasMessageNotContaining("secret");
    }
}
