package io.m365mail.source.smtp;

import io.m365mail.mail.InFlightBudget;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code smtp-source:NAME}: a listener that takes mail from devices and applications. What its listeners share. */
@Component("smtp-source")
public class SmtpSourceComponent extends DefaultComponent {
    @Metadata(description = "Our name in the greeting", defaultValue = "localhost")
    private String hostname = "localhost";

    @Metadata(description = "Folder for messages above 1 MiB while they come in; by default that for temporary files")
    private Path spoolDirectory = Path.of(System.getProperty("java.io.tmpdir"));

    @Metadata(description = "Bytes of messages in the heap, over all listeners; by default a quarter of it")
    private InFlightBudget budget = InFlightBudget.ofHeap();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!remaining.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "the name of a source has lower case letters, digits and hyphens only, not '" + remaining + "'");
        }
        var endpoint = new SmtpSourceEndpoint(uri, this, remaining);
        setProperties(endpoint.getOptions(), parameters);
        return endpoint;
    }

    public String getHostname() {
        return hostname;
    }

    public void setHostname(String hostname) {
        this.hostname = hostname;
    }

    public Path getSpoolDirectory() {
        return spoolDirectory;
    }

    public void setSpoolDirectory(Path spoolDirectory) {
        this.spoolDirectory = spoolDirectory;
    }

    public InFlightBudget getBudget() {
        return budget;
    }

    public void setBudget(InFlightBudget budget) {
        this.budget = budget;
    }
}
