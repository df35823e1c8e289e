package io.m365mail.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.List;

/**
 * What became of a submission, or of some of its recipients, as it is published. A reader must take types and fields that
 * it does not know: later versions add some.
 *
 * @param type {@link #ACCEPTED}, {@link #DELIVERED}, {@link #DEFERRED}, {@link #DEAD}, {@link #CANCELLED}, {@link #BOUNCED}
 * @param submissionId ours, in the header {@code X-M365-Id} and in the log; null for what was refused
 * @param submitterId the submitter's own id (JMS {@code M365Id}, the outbox row's id), or null
 * @param source the source's name
 * @param transport the transport's name; null where several have a part, or none
 * @param time ISO 8601, UTC
 * @param reason why a submission was refused as a whole, or null
 * @param recipients whom it concerns; empty where it is the whole submission and its envelope is not at hand
 */
public record MailEvent(
        String type,
        String submissionId,
        String submitterId,
        String source,
        String transport,
        String time,
        String reason,
        List<To> recipients) {
    public static final String ACCEPTED = "accepted";
    public static final String DELIVERED = "delivered";
    public static final String DEFERRED = "deferred";
    public static final String DEAD = "dead";
    public static final String CANCELLED = "cancelled";
    public static final String BOUNCED = "bounced";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    public MailEvent {
        recipients = List.copyOf(recipients);
    }

    /**
     * @param address of the envelope
     * @param transport that carries it, or null
     * @param reply what the server said, one line, or null
     * @param status of a bounce (RFC 3463), or null
     */
    public record To(String address, String transport, String reply, String status) {
        public To(String address, String transport, String reply) {
            this(address, transport, reply, null);
        }
    }

    /** As {@code time} has it. */
    public static String time(Instant at) {
        return at.toString();
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event cannot be written as JSON", e);
        }
    }

    /** @throws IllegalArgumentException for what is no event */
    public static MailEvent parse(String json) {
        try {
            return JSON.readValue(json, MailEvent.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not an event: " + e.getOriginalMessage(), e);
        }
    }
}
