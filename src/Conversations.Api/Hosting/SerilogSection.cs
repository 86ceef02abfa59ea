using Conversations.Api.Errors;
using Serilog;
using Serilog.Debugging;

namespace Conversations.Api.Hosting;

/// <summary>
/// Reads the section Serilog. Serilog throws an exception for some mistakes there, and reports others only to its
/// self-log.
/// </summary>
public static class SerilogSection
{
    private const string Name = "Serilog";

    /// <exception cref="ConfigurationException">Something in the section can't be used.</exception>
    public static void Read(LoggerConfiguration logger, IConfiguration configuration)
    {
        var section = configuration.GetSection(Name);
        if (section.GetChildren().All(child => child.Key.Equals("MinimumLevel", StringComparison.OrdinalIgnoreCase)))
        {
            logger.ReadFrom.Configuration(configuration); // The levels have been checked.
            return;
        }

        if (Mistakes(logger, configuration) is [var mistake, ..])
        {
            var named =
                section
                    .AsEnumerable()
                    .Where(pair => !string.IsNullOrEmpty(pair.Value))
                    .FirstOrDefault(pair => mistake.Contains(pair.Value!, StringComparison.Ordinal))
                    .Key
                ?? Name;
            throw new ConfigurationException(
                $"{named.Replace(":", "__", StringComparison.Ordinal)}: {Sentence.Of(mistake)}"
            );
        }
    }

    private static List<string> Mistakes(LoggerConfiguration logger, IConfiguration configuration)
    {
        List<string> mistakes = [];

        // A line of the self-log begins with a date and may end with a list of candidate methods.
        SelfLog.Enable(line => mistakes.Add(line[(line.IndexOf(' ') + 1)..].Split(" Candidate methods")[0]));
        try
        {
            logger.ReadFrom.Configuration(configuration);
        }
        catch (Exception exception)
            when (exception
                    is InvalidOperationException
                        or ArgumentException
                        or IOException
                        or FormatException
                        or TypeLoadException
                        or BadImageFormatException
            )
        {
            mistakes.Add(exception.Message);
        }
        finally
        {
            SelfLog.Disable();
        }

        return mistakes;
    }
}
