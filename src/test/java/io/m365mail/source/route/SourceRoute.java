package io.m365mail.source.route;

import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.mock.InterceptSendToMockEndpointStrategy;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;

/**
 * The route of a source as it is shipped, with the beans that it names, between its real place (a folder, a queue, a
 * table) and an intake that answers as the test wants. By advice the intake and the dead letters are mocks.
 */
abstract class SourceRoute extends CamelTestSupport {
    /** What the intake says. */
    enum Answer {
        YES(null),
        NEVER(new RefusedMessageException(550, "5.7.1", "no transport carries it")),
        NOT_NOW(new RefusedMessageException(452, "4.3.1", "the disk is full")),
        BROKEN(new IllegalStateException("the broker is away"));

        private final Exception exception;

        Answer(Exception exception) {
            this.exception = exception;
        }
    }

    private static final String NEIGHBOURS = "direct:(intake|enqueue|refusal)";

    private final List<Submission> handedOver = new CopyOnWriteArrayList<>();
    private volatile Answer answer = Answer.YES;

    @Override
    public boolean isUseAdviceWith() {
        return true;
    }

    @Override
    public boolean isUseRouteBuilder() {
        return false;
    }

    final void answers(Answer what) {
        answer = what;
    }

    /** In the order in which the intake got them, also those that it did not take. */
    final List<Submission> handedOver() {
        return handedOver;
    }

    final MockEndpoint refusals() {
        return getMockEndpoint("mock:direct:refusal");
    }

    /** Makes the route {@code tested} of a template, as the bundle does, and starts it. */
    final void run(String template, Map<String, String> parameters) throws Exception {
        load("errors", template);
        TemplatedRouteBuilder route =
                TemplatedRouteBuilder.builder(context, template).routeId("tested");
        parameters.forEach(route::parameter);
        route.add();
        start("tested");
    }

    /** Together, as the bundle loads them. */
    final void load(String... names) throws Exception {
        var files = new ArrayList<Resource>();
        for (String name : names) {
            files.add(PluginHelper.getResourceLoader(context)
                    .resolveResource("file:" + Path.of("routes", name + ".camel.yaml")));
        }
        PluginHelper.getRoutesLoader(context).loadRoutes(files);
    }

    /** @param routeId whose neighbours become mocks; null for those of all routes */
    final void start(String routeId) throws Exception {
        if (routeId == null) {
            context.getCamelContextExtension()
                    .registerEndpointCallback(new InterceptSendToMockEndpointStrategy(NEIGHBOURS, true));
        } else {
            AdviceWith.adviceWith(context, routeId, a -> a.mockEndpointsAndSkip(NEIGHBOURS));
        }
        for (String neighbour : new String[] {"intake", "enqueue"}) {
            getMockEndpoint("mock:direct:" + neighbour).whenAnyExchangeReceived(this::intake);
        }
        context.start();
    }

    private void intake(Exchange exchange) throws Exception {
        Submission s = exchange.getMessage().getBody(Submission.class);
        if (s != null) {
            handedOver.add(s);
        }
        if (answer.exception != null) {
            throw answer.exception;
        }
    }
}
