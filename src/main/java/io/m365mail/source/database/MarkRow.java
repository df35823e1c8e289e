package io.m365mail.source.database;

import io.m365mail.event.IntakeEvents;
import io.m365mail.mail.RefusedMessageException;
import java.sql.SQLException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the row in progress what the intake said, and lets go of the row. A refusal is published first: after a
 * crash in between the row is refused, and its event published, once more.
 */
public final class MarkRow {
    private static final Logger LOG = LoggerFactory.getLogger(MarkRow.class);

    private final String source;
    private final RowStates states;
    private final IntakeEvents events;

    /** @param source the source's name */
    public MarkRow(String source, RowStates states, IntakeEvents events) {
        this.source = source;
        this.states = states;
        this.events = events;
    }

    /** The broker has committed, now or before a crash. */
    public void accepted(Exchange exchange) throws SQLException {
        RowInProgress row = RowInProgress.of(exchange);
        states.update(row.connection(), row.id(), row.submissionId(), Map.of());
        row.connection().commit();
    }

    /** No message can be made of the row, or none may be sent: it is not tried again. */
    public void refused(Exchange exchange) throws SQLException {
        RowInProgress row = RowInProgress.of(exchange);
        var why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedMessageException.class);
        String detail = why.code() + " " + why.enhanced() + " " + why.getMessage();
        events.refusedWithoutLetter(source, String.valueOf(row.id()), detail);
        states.write(row.connection(), row.id(), "DEAD", detail);
        row.connection().commit();
        LOG.warn("source {}: row {} is refused: {}", source, row.id(), detail);
    }
}
