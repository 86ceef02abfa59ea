using System.Text;
using Conversations.Api.Errors;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Json;

namespace Conversations.Api.Hosting;

/// <summary>
/// Checks the configuration before it is used, so that every mistake becomes a sentence that names the setting as the
/// user wrote it. The framework's validation of options names only a property, and runs after the migration of the
/// database.
/// </summary>
public sealed class ConfigurationCheck(IConfigurationRoot configuration)
{
    /// <exception cref="ConfigurationException">A setting is wrong. The exception names the first mistake.</exception>
    public void Check()
    {
        foreach (var section in configuration.GetChildren())
        {
            if (Settings.Sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                CheckValues(section, Settings.Own, isComplete: true);
            }
            else if (Settings.FrameworkSections.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                CheckValues(section, Settings.Framework, isComplete: false);
            }
            else
            {
                CheckSpelling(section);
            }
        }

        foreach (var provider in configuration.Providers)
        {
            if (provider is JsonConfigurationProvider or CommandLineConfigurationProvider)
            {
                CheckSections(provider);
            }
        }
    }

    private void CheckValues(IConfigurationSection section, IReadOnlyList<Setting> settings, bool isComplete)
    {
        foreach (var (key, value) in section.AsEnumerable())
        {
            if (value is null)
            {
                continue;
            }

            var setting = settings.FirstOrDefault(known => known.Matches(key));
            if (setting is { IsNeverEmpty: true } && string.IsNullOrWhiteSpace(value))
            {
                throw new ConfigurationException($"{NameOf(key)} is empty.");
            }

            if (setting is null && isComplete && value.Length > 0)
            {
                throw new ConfigurationException($"{NameOf(key)} is not a setting. {Known(section.Key)}");
            }

            if (value.Length > 0 && setting?.Check(value) is { } wrong)
            {
                throw new ConfigurationException($"{NameOf(key)} {wrong}.");
            }
        }
    }

    // Rejects keys such as ConnectionStrings_Postgres and Account__0__Sid: they are almost settings, and no other
    // program on the machine uses them.
    private void CheckSpelling(IConfigurationSection section)
    {
        foreach (var (key, _) in section.AsEnumerable().Where(pair => pair.Value is not null))
        {
            var normalized = Normalize(key);
            var intended = Settings.Own.FirstOrDefault(known =>
                known.Key.Contains(':') && Normalize(known.Key) == normalized
            );
            if (intended is not null)
            {
                var name = IsArgument(key) ? $"As an argument it is --{intended.Key}." : $"{intended.Variable} is one.";
                throw new ConfigurationException($"{NameOf(key)} is not a setting. {name}");
            }
        }
    }

    // Rejects unknown keys among the arguments and in appsettings.json, which are meant for this server.
    private static void CheckSections(IConfigurationProvider provider)
    {
        string[] known = [.. Settings.Sections, .. Settings.FrameworkSections];
        var others = provider.GetChildKeys([], null).Except(known, StringComparer.OrdinalIgnoreCase);
        if (others.FirstOrDefault() is { } unknown)
        {
            var place = provider is JsonConfigurationProvider json ? $"{json.Source.Path}: " : "--";
            throw new ConfigurationException($"{place}{unknown} is not a setting. --help lists all.");
        }
    }

    private static string Known(string section)
    {
        string[] names =
        [
            .. Settings
                .Own.Where(setting => setting.Key.Split(':')[0].Equals(section, StringComparison.OrdinalIgnoreCase))
                .Select(setting => setting.Variable),
        ];
        return $"{string.Join(", ", names)} {(names.Length == 1 ? "is one" : "are those of its section")}.";
    }

    // The name as the user wrote it: an argument, a variable with the framework's prefix, or another variable.
    private string NameOf(string key) =>
        IsArgument(key) ? $"--{key}"
        : key.ToUpperInvariant() is var name and ("URLS" or "HTTP_PORTS" or "HTTPS_PORTS" or "ENVIRONMENT")
            ? $"ASPNETCORE_{name}"
        : Setting.NameOf(key);

    private bool IsArgument(string key) =>
        configuration.Providers.OfType<CommandLineConfigurationProvider>().Any(given => given.TryGet(key, out _));

    // Removes what is easily mistaken: separators, the case of letters, and the s of a plural.
    private static string Normalize(string key)
    {
        StringBuilder letters = new();
        foreach (var letter in key.Where(letter => letter == '#' || char.IsAsciiLetterOrDigit(letter)))
        {
            letters.Append(char.IsAsciiDigit(letter) ? '#' : char.ToLowerInvariant(letter));
        }

        return letters.Replace("s", "").ToString();
    }
}
