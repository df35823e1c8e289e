package io.m365mail.source.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code routes/errors.camel.yaml}: a route that names a configuration gets its error handling, whether it is a template
 * or not, ours or a user's. An {@code errorHandler} at the top of the file would silently win over it.
 */
@Timeout(60)
class RouteConfigurationTest extends SourceRoute {
    private static final String STEPS =
            """
            from:
              uri: direct:%s
              steps:
                - to: direct:intake
            """;

    private void routes() throws Exception {
        String yaml = "- route:\n    id: plain\n    routeConfigurationId: refused-to-dead-letter\n"
                + STEPS.formatted("plain").indent(4)
                + "- route:\n    id: bare\n" + STEPS.formatted("bare").indent(4)
                + "- routeTemplate:\n    id: made\n    route:\n      routeConfigurationId: refused-to-dead-letter\n"
                + STEPS.formatted("made").indent(6);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(
                        PluginHelper.getResourceLoader(context).resolveResource("file:routes/errors.camel.yaml"),
                        ResourceHelper.fromString("own.camel.yaml", yaml));
        TemplatedRouteBuilder.builder(context, "made").routeId("made").add();
        start(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "made"})
    void aRouteThatNamesItGetsIt(String route) throws Exception {
        routes();
        answers(Answer.NEVER);
        assertThat(template.request("direct:" + route, e -> {}).getException()).isNull();
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
    }

    @Test
    void aRouteThatNamesNoneHandsTheRefusalBack() throws Exception {
        routes();
        answers(Answer.NEVER);
        assertThat(template.request("direct:bare", e -> {}).getException()).isNotNull();
        assertThat(refusals().getReceivedCounter()).isZero();
    }
}
