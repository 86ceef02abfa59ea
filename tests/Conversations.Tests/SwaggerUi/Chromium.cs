using System.Runtime.CompilerServices;
using System.Text.Json;
using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.SwaggerUi;

/// <summary>An installed Chromium or Chrome, controlled by node/page.cjs.</summary>
internal static class Chromium
{
    private const string Variable = "CONVERSATIONS_TEST_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Places =
    [
        "/usr/bin/chromium",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly string? Browser = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
        ? given
        : Names.Select(PostgresBinaries.OnPath).OfType<string>().FirstOrDefault() ?? Array.Find(Places, File.Exists);

    private static readonly NodeModules Modules = NodeModules.Find("swagger-ui", Path.Combine(Folder(), "node"));

    /// <summary>Null when the browser can be controlled, else the reason to skip.</summary>
    public static string? Unavailable { get; } =
        Browser is null
            ? $"No browser: {Variable} is not set and PATH has none of {string.Join(", ", Names)} (apt-get "
                + "install chromium)."
        : Modules.Unavailable is { } reason ? $"No library to control the browser: {reason}"
        : null;

    /// <summary>Runs a scenario of node/page.cjs and returns its result.</summary>
    /// <param name="settings">Additional settings of the scenario.</param>
    public static async Task<T> SeeAsync<T>(string scenario, Uri server, object? settings = null)
    {
        var input = JsonSerializer.SerializeToNode(settings ?? new { }, Json)!.AsObject();
        input["scenario"] = scenario;
        input["chromium"] = Browser ?? throw new InvalidOperationException(Unavailable);
        input["address"] = server.ToString().TrimEnd('/');
        var start = Modules.Start(Path.Combine(Folder(), "node", "page.cjs"));
        return JsonSerializer.Deserialize<T>(await LibraryProgram.RunAsync(start, input.ToJsonString()), Json)!;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
