package io.m365mail.app;

import static org.awaitility.Awaitility.await;

import io.m365mail.broker.OpenRecipients;
import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigLoader;
import io.m365mail.config.TransportConfig;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Recipient;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.jms.core.JmsTemplate;

/**
 * What a bundle left on disk: its broker is started without any route, so nothing moves, and looked through.
 *
 * @param queued {@code submission recipient} of each delivery in a transport's queue
 * @param dead the same of each dead letter
 * @param submitted recipients of what still lies in m365.submit
 */
record DurableState(List<String> queued, List<String> dead, List<String> submitted) {

    /** @param folder as for {@link RunningBundle} */
    static DurableState read(Path folder) throws Exception {
        BundleConfig config = new ConfigLoader().load(folder.resolve("config"));
        var state = new DurableState(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (var infrastructure = new Infrastructure(config, BundleTiming.SYSTEM)) {
            infrastructure.start();
            for (TransportConfig t : config.transports()) {
                // A browser does not show what is scheduled for later.
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> infrastructure.admin().depth(t.queue()).scheduled() == 0);
                for (Message m : browse(infrastructure, t.queue())) {
                    var delivery = (Delivery) infrastructure.converter().fromMessage(m);
                    pairs(
                            state.queued,
                            delivery.submissionId(),
                            delivery.envelope().recipients());
                }
            }
            OpenRecipients.Sum counted = infrastructure.openRecipients().sum();
            if (!counted.exact() || counted.recipients() != state.queued.size()) {
                throw new AssertionError(state.queued.size() + " recipients are queued, counted " + counted);
            }
            for (Message m : browse(infrastructure, Queues.DEAD)) {
                var letter = (DeadLetter) infrastructure.converter().fromMessage(m);
                pairs(state.dead, letter.submissionId(), letter.envelope().recipients());
            }
            for (Message m : browse(infrastructure, Queues.SUBMIT)) {
                Collections.addAll(
                        state.submitted, m.getStringProperty("M365To").split(", "));
            }
        }
        return state;
    }

    private static void pairs(List<String> into, String submission, List<Recipient> recipients) {
        recipients.forEach(r -> into.add(submission + " " + r.address()));
    }

    private static List<Message> browse(Infrastructure infrastructure, String queue) {
        var jms = new JmsTemplate(infrastructure.connections().intake());
        List<Message> all = jms.browse(queue, (session, browser) -> {
            List<Message> messages = new ArrayList<>();
            for (Object m : Collections.list(browser.getEnumeration())) {
                messages.add((Message) m);
            }
            return messages;
        });
        long count = infrastructure.admin().count(queue);
        if (all.size() != count) {
            throw new AssertionError(queue + " holds " + count + " messages, seen " + all.size());
        }
        return all;
    }
}
