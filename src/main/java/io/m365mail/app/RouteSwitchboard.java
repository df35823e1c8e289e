package io.m365mail.app;

import io.m365mail.handover.Switchboard;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;

/** The hand-over routes of a running context. */
final class RouteSwitchboard implements Switchboard {
    private final CamelContext camel;

    RouteSwitchboard(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public void start(String route) {
        set(route, true);
    }

    @Override
    public void stop(String route) {
        set(route, false);
    }

    private void set(String route, boolean wanted) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(route);
        if (status == null || status.isStarted() == wanted || camel.isStopping() || camel.isStopped()) {
            return;
        }
        try {
            if (wanted) {
                camel.getRouteController().startRoute(route);
            } else {
                camel.getRouteController().stopRoute(route);
            }
        } catch (Exception e) {
            throw new IllegalStateException("Route " + route + " cannot be " + (wanted ? "started" : "stopped"), e);
        }
    }
}
