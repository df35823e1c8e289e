package io.m365mail.broker;

/**
 * Why the broker can take nothing now.
 *
 * @param told to whoever submits: a sentence without names of ours
 * @param detail for whoever runs us
 */
public record BrokerProblem(String told, String detail) {
    static BrokerProblem full(String detail) {
        return new BrokerProblem("Insufficient system storage: the disk of the mail relay is nearly full", detail);
    }

    static BrokerProblem away(String detail) {
        return new BrokerProblem("The message broker of the mail relay does not answer, try again later", detail);
    }
}
