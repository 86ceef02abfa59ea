using System.Net;
using System.Net.NetworkInformation;
using Conversations.Api.Accounts;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// The addresses that the server may call. A caller must not reach hosts through it that the caller cannot reach
/// directly.
/// </summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.128.0.0", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fdff::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("2001:0:1::1", false)]
    [InlineData("2001:1ff:ffff::1", false)]
    [InlineData("2001:200::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2620:4f:8000::1", false)]
    [InlineData("3fff::1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("100::1", false)]
    [InlineData("100:0:0:1::1", false)]
    [InlineData("::8.8.8.8", false)]
    [InlineData("::ffff:0:8.8.8.8", false)]
    [InlineData("192.0.0.9", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.31.196.1", false)]
    [InlineData("192.52.193.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("192.175.48.1", false)]
    [InlineData("198.51.100.1", false)]
    [InlineData("203.0.113.1", false)]
    [InlineData("240.0.0.1", false)]
    public void Only_public_addresses_are_allowed_in_Production(string address, bool isAllowed)
    {
        Assert.Equal(isAllowed, Network("Production").IsAllowed("receiver.example", IPAddress.Parse(address)));
        Assert.True(Network("Development").IsAllowed("receiver.example", IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.0", false)]
    [InlineData("fd00:1::1", true)]
    [InlineData("fd00:2::1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("93.184.216.34", true)]
    public void Networks_of_the_operator_are_also_allowed_in_Production(string address, bool isAllowed) =>
        Assert.Equal(
            isAllowed,
            Network("Production", "10.1.0.0/16", "fd00:1::/32").IsAllowed("receiver.example", IPAddress.Parse(address))
        );

    [Theory]
    [InlineData("127.0.0.1", null, false)]
    [InlineData("localhost", null, false)]
    [InlineData("[::ffff:127.0.0.1]", null, false)]
    [InlineData("2130706433", null, false)]
    [InlineData("0", null, false)]
    [InlineData("127.0.0.1", "127.0.0.0/8", true)]
    [InlineData("localhost", "127.0.0.0/8", true)]
    public async Task No_name_or_spelling_leads_to_this_machine_in_Production_unless_the_operator_allows_it(
        string host,
        string? allowed,
        bool isCalled
    )
    {
        var account = $"AC{new string('1', 32)}";
        using var server = TestServer.With(
            ("environment", "Production"),
            ("Accounts:0:Sid", account),
            ("Accounts:0:AuthToken", "a token of production"),
            ("Webhooks:AllowedNetworks:0", allowed ?? "10.0.0.0/8")
        );
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(server),
            await WebhookReceiver.StartAsync(IPAddress.Loopback),
            ("PostWebhookUrl", "")
        );
        (
            await hooks.Plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PreWebhookUrl", hooks.Receiver.Url("/pre").Replace("127.0.0.1", host, StringComparison.Ordinal))
            )
        ).Ok();
        hooks.Receiver.AnswerWith(403);

        var answer = await hooks.Twilio.PostAsync("Conversations");

        Assert.Equal(isCalled ? 403 : 201, (int)answer.Status);
        Assert.Equal(isCalled ? 1 : 0, hooks.Receiver.Requests.Count);
    }

    [Fact]
    public async Task Only_the_allowed_hosts_are_called_when_there_are_any()
    {
        using var server = TestServer.With(
            ("Webhooks:AllowedHosts:0", "hooks.example.com"),
            ("Webhooks:AllowedHosts:1", "LOCALHOST")
        );
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(server),
            await WebhookReceiver.StartAsync(IPAddress.Loopback),
            ("PostWebhookUrl", "")
        );
        hooks.Receiver.AnswerWith(403);

        (await hooks.Twilio.PostAsync("Conversations")).Created();
        Assert.Empty(hooks.Receiver.Requests);

        (
            await hooks.Plain.PostAsync(
                "/v1/Configuration/Webhooks",
                (
                    "PreWebhookUrl",
                    hooks.Receiver.Url("/pre").Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
                )
            )
        ).Ok();
        Assert.Equal(403, (int)(await hooks.Twilio.PostAsync("Conversations")).Status);
        Assert.Single(hooks.Receiver.Requests);
    }

    [Fact]
    public void No_address_of_this_machine_is_allowed_in_Production_and_with_the_built_in_account_no_other()
    {
        var own = NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address)
            .Append(IPAddress.Parse("127.0.0.2"))
            .ToList();
        var (production, builtIn) = (Network("Production"), Network("Development", AccountOptions.BuiltIn));

        Assert.All(own, address => Assert.False(production.IsAllowed("receiver.example", address)));
        Assert.All(own, address => Assert.True(builtIn.IsAllowed("receiver.example", address)));
        foreach (var other in new[] { "192.168.77.1", "93.184.216.34", "169.254.169.254", "2606:2800::1" })
        {
            var address = IPAddress.Parse(other);
            Assert.False(builtIn.IsAllowed("receiver.example", address));
            Assert.True(builtIn.IsAllowed("host.docker.internal", address));
            var told = Network("Development", AccountOptions.BuiltIn, other);
            Assert.True(told.IsAllowed("receiver.example", address));
        }
    }

    [Fact]
    public void With_the_built_in_account_a_host_is_called_that_the_settings_name()
    {
        WebhookOptions options = new() { AllowedHosts = ["app"] };
        WebhookNetwork network = new(Options.Create(options), In("Development"), new([AccountOptions.BuiltIn]));

        Assert.True(network.IsAllowed("app", IPAddress.Parse("172.18.0.3")));
        Assert.False(network.IsAllowed("other", IPAddress.Parse("172.18.0.4")));
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("HOOKS.example", "hooks.example")]
    [InlineData("[::1]", "::1")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    public void A_host_of_the_settings_is_the_one_of_the_connection(string given, string connected)
    {
        WebhookOptions options = new() { AllowedHosts = [given] };
        WebhookNetwork network = new(Options.Create(options), In("Development"), new([AccountOptions.BuiltIn]));

        Assert.True(network.IsAllowed(connected, IPAddress.Parse("172.18.0.3")));
    }

    private static WebhookNetwork Network(string environment, params string[] allowed) =>
        Network(environment, new() { Sid = $"AC{new string('2', 32)}", AuthToken = "a token of its own" }, allowed);

    private static WebhookNetwork Network(string environment, AccountOptions account, params string[] allowed) =>
        new(Options.Create(new WebhookOptions { AllowedNetworks = allowed }), In(environment), new([account]));

    private static HostingEnvironment In(string environment) => new() { EnvironmentName = environment };
}
