package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each route of a running bundle that names a route configuration has got it, with its error handler. */
@Timeout(60)
class RouteErrorHandlingTest extends SourcesBundle {
    @Test
    void eachRouteHasTheErrorHandlingThatItNames() {
        List<RouteDefinition> naming = ((ModelCamelContext) bundle.bundle().camelContext())
                .getRouteDefinitions().stream()
                        .filter(r -> r.getRouteConfigurationId() != null)
                        .toList();
        assertThat(naming)
                .extracting(RouteDefinition::getId)
                .contains("scheduled", "source-folder", "source-jms", "source-scan");
        assertThat(naming).allSatisfy(r -> {
            assertThat(r.getAppliedRouteConfigurationIds()).as(r.getId()).containsExactly(r.getRouteConfigurationId());
            assertThat(r.getErrorHandlerFactory()).as(r.getId()).isInstanceOf(DefaultErrorHandlerDefinition.class);
        });
    }
}
