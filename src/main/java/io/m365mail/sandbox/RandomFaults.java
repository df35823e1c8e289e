package io.m365mail.sandbox;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Faults by chance. The dice come from a seed, so that a run with one session can be repeated; with several sessions the
 * seed repeats the rolls, not which session meets them.
 */
public final class RandomFaults {
    private record Chance(Stage stage, double probability, Fault fault) {}

    private final long seed;
    private final Random random;
    private final List<Chance> chances = new CopyOnWriteArrayList<>();

    public RandomFaults(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Answers with {@code reply}, such as {@code 421 4.3.2 Service not active}, instead of doing the work. */
    public RandomFaults reply(Stage stage, double probability, String reply) {
        return add(stage, probability, Fault.reply(Fault.refusal(reply)));
    }

    /** Loses the connection; {@code taken} says whether the work is done first (only the reply is lost). */
    public RandomFaults drop(Stage stage, double probability, boolean taken) {
        return add(stage, probability, Fault.drop(taken ? Fault.Drop.INSTEAD_OF_REPLY : Fault.Drop.BEFORE));
    }

    public RandomFaults delay(Stage stage, double probability, Duration time) {
        return add(stage, probability, Fault.delay(time));
    }

    private RandomFaults add(Stage stage, double probability, Fault fault) {
        if (probability < 0 || probability > 1) {
            throw new IllegalArgumentException("a probability lies between 0 and 1, not " + probability);
        }
        Faults.requireStage(stage);
        chances.add(new Chance(stage, probability, fault));
        return this;
    }

    /** The fault that chance brings at a stage, or null. Every chance of the stage rolls once. */
    Fault at(Stage stage) {
        Fault hit = null;
        for (Chance c : chances) {
            if (c.stage() == stage && random.nextDouble() < c.probability() && hit == null) {
                hit = c.fault();
            }
        }
        return hit;
    }

    @Override
    public String toString() {
        return "random faults, seed " + seed;
    }
}
