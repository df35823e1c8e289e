package io.m365mail.source.mailbox;

import io.m365mail.bounce.DeliveryReport;
import io.m365mail.bounce.TellBounces;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;

/**
 * Brings a delivery report to the submission that it belongs to. One that is nobody's is put aside; while the register of
 * what was sent is behind it stays where it is, since it may be about what comes next.
 */
public final class ReturnedMail {
    private final TellBounces bounces;
    private final BooleanSupplier registerIsBehind;

    public ReturnedMail(TellBounces bounces, BooleanSupplier registerIsBehind) {
        this.bounces = bounces;
        this.registerIsBehind = registerIsBehind;
    }

    /** In a transaction; returns the report, or {@link NotTaken}. */
    public Object tell(DeliveryReport report, Exchange exchange) throws SQLException {
        boolean behind = registerIsBehind.getAsBoolean();
        String problem = bounces.tell(report, exchange);
        if (problem == null) {
            return report;
        }
        if (behind) {
            Fate.LATER.of(exchange);
            return report;
        }
        return new NotTaken("a delivery report from \"" + report.from() + '"', problem);
    }

    /** After the transaction. */
    public void told(Exchange exchange) throws SQLException {
        bounces.told(exchange);
    }
}
