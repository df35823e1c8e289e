package io.m365mail.smtp.server;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;

/** Networks of clients. An IPv4 client of an IPv6 socket counts by its IPv4 address. */
public final class ClientNetworks {
    private final List<IpSubnetFilterRule> rules;

    /** @param cidr such as {@code 10.0.0.0/8} or {@code ::1/128}; an address alone is itself */
    public ClientNetworks(List<String> cidr) {
        rules = cidr.stream().map(ClientNetworks::rule).toList();
    }

    public boolean contains(InetSocketAddress client) {
        return rules.stream().anyMatch(rule -> rule.matches(client));
    }

    private static IpSubnetFilterRule rule(String cidr) {
        String network = cidr.strip();
        int slash = network.indexOf('/');
        String address = slash < 0 ? network : network.substring(0, slash);
        int bits = address.contains(":") ? 128 : 32;
        int prefix = slash < 0 ? bits : Integer.parseInt(network.substring(slash + 1));
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }
}
