package io.m365mail.demo;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxEvents;
import java.util.List;

/** Tells what the sandbox has taken and refused since the last look. */
final class Watch {
    private final Story story;
    private final Sandbox sandbox;
    private int taken;
    private int refused;

    Watch(Story story, Sandbox sandbox) {
        this.story = story;
        this.sandbox = sandbox;
    }

    void look() {
        List<SandboxEvents.Refusal> refusals = sandbox.log().refusals();
        refusals.subList(refused, refusals.size()).forEach(this::tell);
        refused = refusals.size();
        List<ReceivedMessage> received = sandbox.log().received();
        received.subList(taken, received.size()).forEach(this::tell);
        taken = received.size();
    }

    private void tell(SandboxEvents.Refusal r) {
        story.tell("Exchange Online refuses a recipient: " + r.reply());
        story.detail(
                r.reply().isPermanent()
                        ? "For good: that recipient becomes a dead letter. The others of its message are not touched."
                        : "Not for good: that recipient alone is tried again in a second. The others are not touched.");
    }

    private void tell(ReceivedMessage m) {
        story.tell("Exchange Online takes " + m.size() + " bytes for " + String.join(", ", m.recipients()) + ".");
    }
}
