package io.m365mail.management;

import io.m365mail.handover.Handovers;
import io.m365mail.management.ManagementServer.Response;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** {@code POST /api/transports/NAME/hold?reason=…}, {@code …/resume} and {@code …/move?to=OTHER}. */
final class ApiHandovers {
    private final Handovers handovers;

    ApiHandovers(Handovers handovers) {
        this.handovers = handovers;
    }

    Response handle(String name, String action, List<String> reason, List<String> to) throws IOException, SQLException {
        switch (action) {
            case "hold" -> handovers.hold(name, reason.isEmpty() ? null : reason.get(0));
            case "resume" -> handovers.resume(name);
            case "move" -> {
                if (to.size() != 1) {
                    return Response.error(400, "Name the transport that gets the queue: to=NAME");
                }
                handovers.move(name, to.get(0));
            }
            default -> {
                return Response.error(404, "A transport can be told to hold, resume or move");
            }
        }
        return Response.json(200, Map.of("transport", name, "done", action));
    }
}
