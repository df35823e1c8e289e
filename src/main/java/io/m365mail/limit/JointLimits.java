package io.m365mail.limit;

import io.m365mail.config.TransportConfig.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** The limits of all transports that send through one account: the strictest of each holds. The account's lock guards it. */
final class JointLimits {
    private final List<Limits> limits = new ArrayList<>();
    private int perMinute;
    private volatile int perDay;
    private volatile int connections;
    private volatile boolean limited;

    /** Another transport sends through the account. */
    void join(Limits more) {
        limits.add(more);
        perMinute = strictest(Limits::messagesPerMinute);
        perDay = strictest(Limits::recipientsPerDay);
        connections = strictest(Limits::connections);
        limited = perMinute > 0 || perDay > 0;
    }

    private int strictest(ToIntFunction<Limits> which) {
        return limits.stream().mapToInt(which).filter(n -> n > 0).min().orElse(0);
    }

    /** False where nothing is counted and the store is not needed. Asked without the lock too. */
    boolean limited() {
        return limited;
    }

    /** Messages; 0 for no limit. */
    int perMinute() {
        return perMinute;
    }

    /** Recipients; 0 for no limit. Asked without the lock too. */
    int perDay() {
        return perDay;
    }

    /** At a time. Asked without the lock too. */
    int connections() {
        return connections;
    }

    /** Connections that transports other than one with so many would use; 0 where it is the only one. */
    int ofOthers(int ownConnections) {
        return limits.size() > 1 ? limits.stream().mapToInt(Limits::connections).sum() - ownConnections : 0;
    }
}
