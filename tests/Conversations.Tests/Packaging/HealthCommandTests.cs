using Conversations.Api.Hosting;
using Microsoft.Extensions.Configuration;

namespace Conversations.Tests.Packaging;

/// <summary>
/// The address that the command <c>health</c> calls. <see cref="ImageTests"/> shows that it calls it.
/// </summary>
public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("http://localhost:8080/health/ready")]
    [InlineData("http://localhost:5000/health/ready", "urls=http://localhost:5000")]
    [InlineData(
        "http://10.0.0.1:5000/health/ready",
        "urls=http://10.0.0.1:5000;https://10.0.0.1:5001",
        "http_ports=8080"
    )]
    [InlineData("https://127.0.0.1:8443/health/ready", "urls=https://+:8443")]
    [InlineData("http://127.0.0.1:8080/health/ready", "urls=http://0.0.0.0:8080")]
    [InlineData("http://[::1]:8080/health/ready", "urls=http://[::]:8080")]
    [InlineData("http://127.0.0.1:8081/health/ready", "http_ports=8081;8082", "https_ports=8443")]
    [InlineData("https://127.0.0.1:8443/health/ready", "https_ports=8443")]
    [InlineData(
        "http://127.0.0.1:7000/health/ready",
        "urls=http://localhost:5000",
        "Kestrel:Endpoints:Main:Url=http://*:7000"
    )]
    public void The_command_calls_the_address_of_the_server(string expected, params string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings
                    .Select(setting => setting.Split('=', 2))
                    .ToDictionary(pair => pair[0], pair => (string?)pair[1])
            )
            .Build();

        Assert.Equal(new Uri(expected), HealthCommand.UrlOf(HealthCommand.AddressOf(configuration)));
    }
}
