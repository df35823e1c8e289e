package io.m365mail.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressTableTest {
    private static AddressTable table(String... lines) {
        Map<String, List<String>> entries = new LinkedHashMap<>();
        for (String line : lines) {
            String[] parts = line.split(" = ");
            entries.put(parts[0], List.of(parts[1].split(", ")));
        }
        return AddressTable.of(entries);
    }

    @Test
    void theExactNameGoesBeforeTheStar() {
        AddressTable t = table("*@old.local = *@contoso.com", "boss@old.local = ceo@contoso.com", "* = *@contoso.com");
        assertThat(t.find("Boss@OLD.local")).isEqualTo(new AddressTable.Found(List.of("ceo@contoso.com"), true));
        assertThat(t.find("Ann@old.local")).isEqualTo(new AddressTable.Found(List.of("Ann@contoso.com"), false));
        assertThat(t.find("ann")).isEqualTo(new AddressTable.Found(List.of("ann@contoso.com"), false));
        assertThat(t.find("ann@fabrikam.com")).isNull();
        assertThat(t.find("")).isNull();
        assertThat(t.find("@old.local")).isNull();
    }

    @Test
    void targetsAreLookedUpAgainAndNoneComesTwice() {
        AddressTable t = table("all = team, b@x.com", "team = a@x.com, b@x.com, team2", "team2 = a@x.com");
        assertThat(t.expand("all").addresses()).containsExactly("a@x.com", "b@x.com");
        assertThat(t.loop()).isNull();
        assertThat(t.deadEnd()).isNull();
    }

    @Test
    void anAddressMayStandForItselfAndOthers() {
        AddressTable t = table("a@x.com = a@x.com, archive@x.com");
        assertThat(t.loop()).isNull();
        assertThat(t.expand("A@x.com").addresses()).containsExactly("a@x.com", "archive@x.com");
    }

    @Test
    void loopsAreFoundThroughStarsToo() {
        assertThat(table("a = b", "b = a").loop()).isEqualTo("a -> b -> a");
        assertThat(table("*@a = *@b", "*@b = *@a").loop()).isEqualTo("*@a -> *@b -> *@a");
        assertThat(table("*@a = *@b", "x@b = x@a").loop()).isEqualTo("x@b -> x@a -> x@b");
        assertThat(table("*@a = *@b", "x@b = y@a").loop()).isNull();
        assertThat(table("a = b", "b = c@x.com").loop()).isNull();
        assertThat(table("a = b").deadEnd()).isEqualTo("b");
    }

    @Test
    void aPatternThatKeepsWhatWasSaidIsNotFixedHoweverDeep() {
        AddressTable t =
                table("*@a.local = *@b.local", "*@b.local = *@c.com", "*@d.local = d@b.local", "d@b.local = d@c.com");
        assertThat(t.expand("x@a.local")).isEqualTo(new AddressTable.Found(List.of("x@c.com"), false));
        assertThat(t.expand("x@d.local")).isEqualTo(new AddressTable.Found(List.of("d@c.com"), true));
    }

    /** Each name twice in the next one: 2^60 ways through, and one look at each. */
    @Test
    void manyWaysToOneTargetAreWalkedOnce() {
        String[] lines = new String[60];
        for (int i = 0; i < 60; i++) {
            lines[i] = "n" + i + " = " + (i == 59 ? "x@x.com" : "n" + (i + 1) + ", N" + (i + 1));
        }
        AddressTable t = table(lines);
        assertThat(t.expand("n0").addresses()).containsExactly("x@x.com");
        assertThat(t.loop()).isNull();
    }
}
