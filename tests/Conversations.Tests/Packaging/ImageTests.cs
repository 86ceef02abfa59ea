using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Conversations.Tests.Packaging;

/// <summary>
/// The container image without a container engine: the server in a process with the environment and the commands of the
/// Dockerfile, and a folder as its volume.
/// </summary>
public sealed class ImageTests : IDisposable
{
    // Set by mcr.microsoft.com/dotnet/aspnet, except for the port.
    private const string Port = "ASPNETCORE_HTTP_PORTS";

    private readonly int port = FreePort();
    private readonly string volume = Directory.CreateTempSubdirectory("conversations-volume-").FullName;
    private readonly string[] stage =
    [
        .. Instructions()
            .SkipWhile(line => !line.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet", StringComparison.Ordinal)),
    ];

    [Fact]
    public async Task The_image_runs_in_Development_with_one_variable_and_keeps_its_data_in_the_volume()
    {
        // A separate client, because the server listens on all addresses, as in a container.
        using var http = ServerProcess.NewClient(
            new($"http://127.0.0.1:{port}"),
            ServerProcess.AccountSid,
            ServerProcess.AuthToken
        );
        await using (var first = await StartAsync())
        {
            using FormUrlEncodedContent form = new([new("UniqueName", "kept")]);
            using var created = await http.PostAsync("/v1/Conversations", form);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            Assert.Empty(Directory.EnumerateFileSystemEntries(first.Folder));
            Assert.Equal(0, await first.TerminateAsync());
        }

        await using var second = await StartAsync();

        using var found = await http.GetAsync("/v1/Conversations/kept");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Fact]
    public async Task The_image_in_Production_names_the_missing_account_settings()
    {
        var (code, output) = await ServerProcess.RunAsync(volume, Environment());

        Assert.Equal(1, code);
        Assert.Contains("Accounts__0__Sid", Assert.Single(output.Split('\n')), StringComparison.Ordinal);
        Assert.Contains("Accounts__0__AuthToken", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_check_succeeds_while_the_server_is_ready_and_fails_otherwise()
    {
        var command = JsonSerializer.Deserialize<string[]>(Instruction("HEALTHCHECK").Split("CMD ", 2)[1])!;
        Assert.Equal(["dotnet", "Conversations.Api.dll"], command[..2]);
        Assert.Equal(command[..2], JsonSerializer.Deserialize<string[]>(Instruction("ENTRYPOINT").Split(' ', 2)[1]));
        await using var server = await StartAsync();

        var (ready, healthy) = await ServerProcess.RunAsync(volume, Environment(), command[2..]);
        await server.KillAsync();
        var (gone, refused) = await ServerProcess.RunAsync(volume, Environment(), command[2..]);

        Assert.Equal((0, $"http://127.0.0.1:{port}/health/ready: 200 Healthy"), (ready, healthy));
        Assert.Equal(1, gone);
        Assert.StartsWith(
            $"http://127.0.0.1:{port}/health/ready: ",
            Assert.Single(refused.Split('\n')),
            StringComparison.Ordinal
        );
    }

    [NeedsPostgres]
    public async Task The_health_check_fails_while_the_database_is_unavailable()
    {
        await using var postgres = await PostgresServer.StartAsync();
        NpgsqlConnectionStringBuilder settings = new(postgres.ConnectionString);
        using DatabaseRelay relay = new(settings.Host!, settings.Port);
        (settings.Host, settings.Port) = ("127.0.0.1", relay.Port);
        (string, string)[] database = [("ConnectionStrings__Postgres", settings.ConnectionString)];
        await using var server = await StartAsync(database);
        relay.Shut();

        var (code, output) = await ServerProcess.RunAsync(volume, Environment(database), "health");

        Assert.Equal((1, $"http://127.0.0.1:{port}/health/ready: 503 Unhealthy"), (code, output));
    }

    [Fact]
    public void The_volume_belongs_to_the_user_of_the_server()
    {
        var directory = Array.FindIndex(
            stage,
            line => Regex.IsMatch(line, @"^RUN install -d -o \$APP_UID -g \$APP_UID /data$")
        );
        var declared = Array.IndexOf(stage, "VOLUME /data");
        var user = Array.IndexOf(stage, "USER $APP_UID");

        Assert.True(
            directory >= 0 && directory < declared && directory < user,
            "root must create /data before VOLUME and USER."
        );
        Assert.True(declared >= 0 && user >= 0);
    }

    [Fact]
    public void Compose_lets_the_server_reach_a_webhook_handler_on_the_host()
    {
        var compose = File.ReadAllText(Path.Combine(MarkdownFile.Repository, "docker-compose.yml"));

        Assert.Contains("- \"host.docker.internal:host-gateway\"", compose, StringComparison.Ordinal);
        Assert.Contains(
            "ASPNETCORE_ENVIRONMENT: ${ASPNETCORE_ENVIRONMENT:-Development}",
            compose,
            StringComparison.Ordinal
        );
        Assert.Matches(@"\n +Webhooks__AllowedNetworks__0:\n", compose);
        Assert.Matches(@"\n +AllowedHosts:\n", compose);
    }

    public void Dispose() => Directory.Delete(volume, recursive: true);

    private Task<ServerProcess> StartAsync(params (string Name, string Value)[] settings) =>
        ServerProcess.StartAsync(
            null,
            Environment([("ASPNETCORE_ENVIRONMENT", "Development"), ("Limits__DatabaseSeconds", "240"), .. settings]),
            []
        );

    private (string Name, string Value)[] Environment(params (string Name, string Value)[] settings) =>
        [
            (Port, $"{port}"),
            .. stage
                .Where(line => line.StartsWith("ENV ", StringComparison.Ordinal))
                .Select(line => line["ENV ".Length..].Split('=', 2))
                .Select(pair => (pair[0], pair[1].Trim('"').Replace("/data", volume, StringComparison.Ordinal))),
            .. settings,
        ];

    private string Instruction(string name) =>
        Assert.Single(stage, line => line.StartsWith($"{name} ", StringComparison.Ordinal));

    private static string[] Instructions() =>
        File.ReadAllLines(Path.Combine(MarkdownFile.Repository, "src", "Conversations.Api", "Dockerfile"));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
