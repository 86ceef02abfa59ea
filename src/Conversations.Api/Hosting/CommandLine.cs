using System.Reflection;
using System.Text;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Hosting;

/// <summary>
/// Reads the arguments: settings, as ASP.NET Core reads them (--Key=value, --Key value), and a command. ASP.NET Core
/// ignores arguments that it can't read; this server rejects them. <see cref="ConfigurationCheck"/> checks the keys.
/// </summary>
public static class CommandLine
{
    private static readonly string[] HelpOptions = ["--help", "-h", "-?", "/?"];

    /// <summary>The version, and the commit if the build knows it: 1.0.0+08eaabc.</summary>
    public static string Version { get; } =
        Short(
            typeof(CommandLine)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion
        );

    /// <summary>The output of <c>--help</c> or <c>--version</c>; null when the arguments contain neither.</summary>
    public static string? Answer(IReadOnlyCollection<string> arguments) =>
        arguments.Any(HelpOptions.Contains) ? Help()
        : arguments.Contains("--version") ? $"Conversations {Version}"
        : null;

    /// <summary>
    /// The command, that is, the arguments that are not settings. It is empty when the server is to start.
    /// </summary>
    /// <exception cref="ConfigurationException">An argument is neither a setting nor a command.</exception>
    public static string[] CommandOf(IReadOnlyList<string> arguments)
    {
        List<string> command = [];
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument.StartsWith("--", StringComparison.Ordinal) || argument.StartsWith('/'))
            {
                if (!argument.Contains('=', StringComparison.Ordinal))
                {
                    i++;
                    var hasValue = i < arguments.Count && !arguments[i].StartsWith("--", StringComparison.Ordinal);
                    Require(hasValue, $"{argument} has no value.");
                }
            }
            else if (!argument.Contains('=', StringComparison.Ordinal) || argument.StartsWith('-'))
            {
                Require(!argument.StartsWith('-'), $"{argument} is not an argument. --help lists all.");
                command.Add(argument);
            }
        }

        Require(
            command is [] or [HealthCommand.Name] || WebhookCommands.IsCommand(command),
            $"{string.Join(' ', command)} is not a command. --help lists all."
        );
        return [.. command];
    }

    private static string Short(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0
            ? version[..Math.Min(plus + 8, version.Length)]
            : version;

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ConfigurationException(message);
        }
    }

    private static string Help()
    {
        StringBuilder help = new(
            $"""
            Conversations {Version}

            Usage: Conversations.Api [--SETTING=VALUE]... [COMMAND]

            Without a command the server starts.

            Commands:
              health                    ask the server with these settings whether it is ready; exit code 0 or 1
              webhooks                  list the dead-lettered webhook events
              webhooks resend [ID]      send all of them again, or one
              webhooks discard [ID]     delete all of them, or one
              --help, -h                print this
              --version                 print the version

            Settings, as environment variables; as arguments with : for __ (--Webhooks:TimeoutSeconds=5); or in
            appsettings.json in the working folder. The brackets contain the defaults.

            """
        );
        var settings = Settings.Own.Concat(Settings.Framework);
        foreach (var setting in settings.Where(setting => setting.Meaning.Length > 0))
        {
            var name = setting.Key is "urls" or "http_ports" or "https_ports" or "environment"
                ? $"--{setting.Key}"
                : setting.Variable.Replace("*", "NAME", StringComparison.Ordinal);
            var defaultValue = setting.Default is null ? "" : $" [{setting.Default}]";
            help.AppendLine().Append($"  {name, -37} {setting.Meaning}{defaultValue}");
        }

        return help.AppendLine().ToString();
    }
}
