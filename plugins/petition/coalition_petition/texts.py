"""The sample petition: facts of the national campaign “You Are Being Tracked”, in our own words."""

SLUG = "you-are-being-tracked"

TITLE = "You Are Being Tracked"
TITLE_ES = "La están rastreando"

GOAL = "Lawmakers reject automated license plate readers and invest in communities instead."
GOAL_ES = (
    "Que las autoridades rechacen los lectores automáticos de matrículas e inviertan en las"
    " comunidades."
)

CALL = """\
**Sign the petition**, then ask three people you know. Is there a contract in your own city? Tell us,
and challenge it with others.
"""
CALL_ES = """\
**Firme la petición** y pídaselo a tres personas que conozca. ¿Hay un contrato en su propia ciudad?
Díganoslo y opóngase junto con otras personas.
"""

SUMMARY = """\
Automated license plate readers (ALPRs) of companies such as Flock Safety and Motorola Solutions are
spreading across the country. They let the police, and also businesses and homeowners'
associations, follow the movements of anybody who drives a car.

Keeping a record of everybody's trips makes nobody safer. It limits the right to move freely, and
the cameras' many mistakes lead to frightening stops and wrongful arrests.
"""
SUMMARY_ES = """\
Los lectores automáticos de matrículas (ALPR) de empresas como Flock Safety y Motorola Solutions se
extienden por el país. Permiten a la policía, y también a comercios y asociaciones de propietarios,
seguir los movimientos de cualquiera que maneje un auto.

Registrar los viajes de todo el mundo no hace más segura a ninguna persona. Limita el derecho a
moverse con libertad, y los muchos errores de las cámaras llevan a paradas que asustan y a
detenciones injustas.
"""

PETITION = """\
*A sample petition with the facts of a real campaign. Its signatories are invented, and nobody will
receive it.*

To our lawmakers:

Cameras that read every license plate store where each of us drives, whether or not we are
suspected of anything. **Do not surveil our streets. Reject automated license plate readers, and
invest in our communities instead.**
"""
PETITION_ES = """\
*Una petición de muestra con los hechos de una campaña real. Sus firmantes son inventados y nadie la
recibirá.*

A nuestras autoridades:

Las cámaras que leen todas las matrículas guardan por dónde maneja cada quien, haya o no una
sospecha. **No vigilen nuestras calles. Rechacen los lectores automáticos de matrículas e inviertan
en nuestras comunidades.**
"""

TARGET = ("Our lawmakers", "", "")

# (title, text, the same in Spanish)
REASONS = (
    (
        "They store the trips of people who did nothing",
        """\
The cameras are always on and record every car. Far fewer than 1 % of the cars scanned have to do
with any wrongdoing, yet everybody's detailed travel history is kept, sometimes without an end.
""",
        "Guardan los viajes de quienes no hicieron nada",
        """\
Las cámaras están siempre encendidas y registran todos los autos. Mucho menos del 1 % de los autos
leídos tiene que ver con alguna infracción, pero se guarda el historial detallado de todo el mundo,
a veces sin fin.
""",
    ),
    (
        "They do not reduce crime",
        """\
Their makers advertise much, but there is no conclusive evidence that the readers reduce crime.
Health, schools and programs against violence are where the money can help.
""",
        "No reducen el delito",
        """\
Los fabricantes hacen mucha publicidad, pero no hay pruebas concluyentes de que los lectores
reduzcan el delito. La salud, las escuelas y los programas contra la violencia son donde el dinero
sirve.
""",
    ),
    (
        "Companies earn on fear",
        """\
Those who make the readers earn on the feeling of danger. They have no interest in what would end
crime and conflict: that would sell fewer cameras.
""",
        "Las empresas ganan con el miedo",
        """\
Quienes fabrican los lectores ganan con la sensación de peligro. No les interesa lo que pondría fin
al delito y al conflicto: vendería menos cámaras.
""",
    ),
    (
        "Nobody answers for their use",
        """\
Rules for the readers are rare and often ignored. An officer in Kansas was arrested for stalking an
ex-wife with Flock Safety. Departments have given drivers' data to agencies such as the FBI though
they had said they would not. Breaches have exposed hundreds of thousands of drivers' records.
""",
        "Nadie responde por su uso",
        """\
Las reglas para los lectores son raras y a menudo no se cumplen. Un agente de Kansas fue detenido
por acosar a su exesposa con Flock Safety. Hay departamentos que dieron datos de conductores a
agencias como el FBI aunque habían dicho que no lo harían. Las filtraciones han expuesto los
registros de cientos de miles de conductores.
""",
    ),
    (
        "Machines misread, and people are stopped",
        """\
A study of the police in Vallejo, California, found that up to 37 % of the readers' hits were wrong.
Such mistakes have led the police to stop and hold innocent people many times.
""",
        "Las máquinas leen mal, y se detiene a personas",
        """\
Un estudio de la propia policía de Vallejo, California, encontró que hasta el 37 % de los aciertos
de los lectores eran erróneos. Por errores así la policía ha parado y retenido muchas veces a
personas inocentes.
""",
    ),
    (
        "They hit those who are policed most",
        """\
Black, brown and poor people are over-represented on the police's “hot lists”, which are often wrong
or old. ICE uses the readers to find and deport people, and people who seek an abortion can be
followed with them.
""",
        "Golpean a quienes más vigila la policía",
        """\
Las personas negras, latinas y pobres están sobrerrepresentadas en las listas de búsqueda de la
policía, que a menudo tienen errores o son viejas. ICE usa los lectores para encontrar y deportar a
personas, y con ellos se puede seguir a quien busca un aborto.
""",
    ),
)
